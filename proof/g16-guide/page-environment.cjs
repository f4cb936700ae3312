const { TestEnvironment } = require('jest-environment-jsdom');

/** A page as jsdom has it, with the one thing of a browser that it lacks and the rig needs: fetch. */
module.exports = class PageEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.fetch = fetch;
  }
};
