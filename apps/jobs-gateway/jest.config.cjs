module.exports = require('../../jest.preset.js').nodeProject('jobs-gateway');
