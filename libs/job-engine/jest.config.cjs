module.exports = require('../../jest.preset.js').nodeProject('job-engine');
