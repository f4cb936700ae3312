module.exports = require('../../jest.preset.js').angularProject('data-access');
