module.exports = require('../../jest.preset.js').angularProject('ui');
