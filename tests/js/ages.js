"use strict";

const { answer, browser } = require("./browser.js");

answer(() => browser("00_", "46_in_window").siger.UNIT_AGES);
