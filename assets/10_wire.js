/* The frame format of the live socket, decoded. docs/live-protocol.md is the word; this file follows it.

   A frame is one binary message: u32le header length, header JSON, zero padding to a multiple of 8, then columns of
   unit positions. Nothing here keeps state or touches the page, so node can test it. Unknown header keys are kept and
   ignored: a newer server may say more. The columns are views on the message itself, so they cost nothing and must
   be copied by whoever keeps them. */
(function (siger) {
  "use strict";

  /** One row is 25 bytes; wide columns come first, so every view is aligned. */
  const COLUMNS = [
    ["observedMs", Float64Array],
    ["slot", Uint32Array],
    ["lonE6", Int32Array],
    ["latE6", Int32Array],
    ["headingDeg", Uint16Array],
    ["speedDkmh", Uint16Array],
    ["state", Uint8Array],
  ];
  const ROW_BYTES = COLUMNS.reduce((sum, [, type]) => sum + type.BYTES_PER_ELEMENT, 0);
  const TYPES = new Set(["snapshot", "delta", "tick"]);
  const utf8 = new TextDecoder("utf-8", { fatal: true });

  class WireError extends Error {}

  /**
   * @typedef {object} Columns
   * @property {Float64Array} observedMs
   * @property {Uint32Array} slot
   * @property {Int32Array} lonE6
   * @property {Int32Array} latE6
   * @property {Uint16Array} headingDeg 65535: unknown
   * @property {Uint16Array} speedDkmh tenths of km/h; 65535: unknown
   * @property {Uint8Array} state
   */

  /**
   * One message as its header with `columns` added; throws WireError saying what does not hold.
   * @param {ArrayBuffer} buffer
   * @returns {{type: string, id: string, prev: ?string, boot: string, columns: Columns}}
   */
  function decode(buffer) {
    const headerBytes = headerLength(buffer);
    const frame = header(buffer, headerBytes);
    const rows = frame.units ? frame.units.n : 0;
    frame.columns = columns(buffer, (4 + headerBytes + 7) & ~7, rows);
    return frame;
  }

  function headerLength(buffer) {
    if (buffer.byteLength < 4) throw new WireError(`frame of ${buffer.byteLength} bytes: no header length`);
    const length = new DataView(buffer).getUint32(0, true);
    if (4 + length > buffer.byteLength) {
      throw new WireError(`header of ${length} bytes in a frame of ${buffer.byteLength}`);
    }
    return length;
  }

  function header(buffer, length) {
    let frame;
    try {
      frame = JSON.parse(utf8.decode(new Uint8Array(buffer, 4, length)));
    } catch (error) {
      throw new WireError(`header is not JSON in UTF-8: ${error.message}`);
    }
    if (frame === null || typeof frame !== "object") throw new WireError("header is not an object");
    if (!TYPES.has(frame.type)) throw new WireError(`frame type '${frame.type}' is not known`);
    return frame;
  }

  function columns(buffer, start, rows) {
    if (!Number.isInteger(rows) || rows < 0) throw new WireError(`units.n is ${rows}, not a count`);
    if (rows > 0 && start + rows * ROW_BYTES > buffer.byteLength) {
      throw new WireError(`${rows} positions do not fit in a frame of ${buffer.byteLength} bytes`);
    }
    const views = {};
    let offset = start;
    for (const [name, Type] of COLUMNS) {
      views[name] = rows > 0 ? new Type(buffer, offset, rows) : new Type(0);
      offset += rows * Type.BYTES_PER_ELEMENT;
    }
    return views;
  }

  siger.wire = { decode, WireError };
})((window.siger = window.siger || {}));
