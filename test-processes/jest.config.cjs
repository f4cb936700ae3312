module.exports = require('../jest.preset.js').nodeProject('test-processes');
