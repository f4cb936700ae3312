module.exports = require('../../jest.preset.js').angularProject('feature-job-list');
