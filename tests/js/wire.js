"use strict";

const { answer, browser, buffer } = require("./browser.js");

const { siger } = browser("10_");

answer((frames) =>
  frames.map((data) => {
    try {
      const { columns, ...header } = siger.wire.decode(buffer(data));
      const plain = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, [...column]]));
      return { header, columns: plain };
    } catch (error) {
      return { error: error.message, isWireError: error instanceof siger.wire.WireError };
    }
  }),
);
