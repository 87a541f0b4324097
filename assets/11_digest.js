/* The state hash: a sum of checksums, one per object, so that changing one object costs one line and the order of
   arrival does not matter. The server computes the same with zlib (docs/live-protocol.md has the lines). It proves
   that two pictures show the same; it is no defence against somebody who wants two to collide. */
(function (siger) {
  "use strict";

  const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc >>> 0;
  });
  const ADLER_MODULUS = 65521;
  const ADLER_RUN = 3800; // so many bytes can be summed before the 32-bit sums need reducing
  const encoder = new TextEncoder();
  const scratch = new Uint8Array(4096);

  function utf8(text) {
    if (text.length * 3 > scratch.length) return encoder.encode(text);
    return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
  }

  function crc32(bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  }

  function adler32(bytes) {
    let low = 1;
    let high = 0;
    for (let i = 0; i < bytes.length; ) {
      const end = Math.min(i + ADLER_RUN, bytes.length);
      for (; i < end; i++) high += low += bytes[i];
      low %= ADLER_MODULUS;
      high %= ADLER_MODULUS;
    }
    return ((high << 16) | low) >>> 0;
  }

  const hex8 = (number) => number.toString(16).padStart(8, "0");

  /** A running sum of the checksums of lines, each under a key that can be set anew or taken away. */
  class LineSum {
    constructor() {
      this.clear();
    }

    clear() {
      this.crc = 0;
      this.adler = 0;
      this.known = new Map();
    }

    /** @param {string|number} key @param {string} line */
    set(key, line) {
      const bytes = utf8(line);
      let old = this.known.get(key);
      if (old === undefined) this.known.set(key, (old = { crc: 0, adler: 0 }));
      const crc = crc32(bytes);
      const adler = adler32(bytes);
      this.crc = (this.crc + crc - old.crc) >>> 0;
      this.adler = (this.adler + adler - old.adler) >>> 0;
      old.crc = crc;
      old.adler = adler;
    }

    /** @returns {string} 16 hex digits */
    hex() {
      return hex8(this.crc) + hex8(this.adler);
    }
  }

  siger.digest = { LineSum, crc32, adler32, utf8 };
})((window.siger = window.siger || {}));
