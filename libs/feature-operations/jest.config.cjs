module.exports = require('../../jest.preset.js').angularProject('feature-operations');
