'use strict';

// For a developer's own machine: the fleet's source ignores this file, so an instance never gets it, and needs it not.
module.exports = {
  headless: process.env.HEADLESS !== 'no', // HEADLESS=no shows the window
  slowMo: Number(process.env.SLOW_MO || 0), // milliseconds between steps, to watch
};
