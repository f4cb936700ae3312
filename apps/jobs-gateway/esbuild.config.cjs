const { readFile } = require('node:fs/promises');
const swc = require('@swc/core');

/** esbuild cannot emit `design:paramtypes`; let swc compile our .ts first (Nest DI needs it). */
module.exports = {
  keepNames: true,
  plugins: [
    {
      name: 'swc-decorator-metadata',
      setup(build) {
        build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
          if (path.includes('node_modules')) return undefined;
          const { code } = await swc.transform(await readFile(path, 'utf8'), {
            filename: path,
            sourceMaps: 'inline',
            configFile: false,
            swcrc: false,
            jsc: {
              target: 'es2022',
              keepClassNames: true,
              parser: { syntax: 'typescript', decorators: true },
              transform: { legacyDecorator: true, decoratorMetadata: true },
            },
            module: { type: 'es6' },
          });
          return { contents: code, loader: 'js' };
        });
      },
    },
  ],
};
