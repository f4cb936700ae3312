module.exports = require('../../jest.preset.js').angularProject('jobs-console');
