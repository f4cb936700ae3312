module.exports = require('../../jest.preset.js').nodeProject('bullmq');
