"use strict";

const { answer, browser } = require("./browser.js");

answer(() => browser("00_", "46_units").siger.UNIT_AGES);
