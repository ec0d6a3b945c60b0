import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { programs } from '../packaging/bundled-programs.mjs'
import { runProgram } from './run-program.mjs'

/** Packages of the applications of these jobs. */
export const dependencies = {
  '@opentelemetry/api': '1.9.1',
  '@rollup/plugin-commonjs': '29.0.3',
  '@rollup/plugin-json': '6.1.0',
  '@rollup/plugin-node-resolve': '16.0.3',
  '@vercel/ncc': '0.45.0',
  esbuild: '0.28.2',
  rollup: '4.68.8',
  webpack: '5.113.0',
  'webpack-cli': '7.3.1',
}

/**
 * Command of each bundler for one file of the application: its program in `node_modules/.bin`, arguments, result.
 * @type {{ readonly [bundler: string]: (name: string) => { program: string, args: readonly string[], file: string } }}
 */
const bundlers = {
  rollup: (name) => ({
    program: 'rollup',
    args: [
      `${name}.mjs`,
      ...['-f', 'cjs', '-o', `rollup/${name}.cjs`, '--inlineDynamicImports', '--silent'],
      ...['-p', "node-resolve={preferBuiltins:true,exportConditions:['node']}", '-p', 'commonjs', '-p', 'json'],
    ],
    file: `rollup/${name}.cjs`,
  }),
  webpack: (name) => ({
    program: 'webpack-cli',
    args: [
      ...['--entry', `./${name}.mjs`, '--target', 'node', '--mode', 'production'],
      ...['--output-path', `webpack/${name}`, '--output-filename', 'main.cjs'],
    ],
    file: `webpack/${name}/main.cjs`,
  }),
  ncc: (name) => ({
    program: 'ncc',
    args: ['build', `${name}.mjs`, '-o', `ncc/${name}`, '--minify'],
    file: `ncc/${name}/index.mjs`,
  }),
  // The defaults of serverless-esbuild: CommonJS, one file, without the AWS SDK.
  'serverless-esbuild': (name) => ({
    program: 'esbuild',
    args: [
      ...[`${name}.mjs`, '--bundle', '--platform=node', '--target=node20', '--format=cjs', '--minify'],
      ...['--external:@aws-sdk/*', `--outfile=serverless/${name}.cjs`, '--log-level=error'],
    ],
    file: `serverless/${name}.cjs`,
  }),
}

export const bundlerNames = Object.keys(bundlers)

/** Bundles each application, and runs the bundle in a folder without Quipu's packages. */
export async function checkBundler(bundler, folder) {
  const failures = []
  for (const [name, source] of Object.entries(programs)) {
    writeFileSync(join(folder, `${name}.mjs`), source)
    const { program, args, file } = bundlers[bundler](name)
    const built = await runProgram(join(folder, 'node_modules', '.bin', program), args, { cwd: folder })
    const failure = built.code === 0 ? await runAlone(join(folder, file)) : built.output
    if (failure !== undefined) failures.push(`${name}: ${failure.slice(0, 2000)}`)
  }
  const count = Object.keys(programs).length
  return { passed: count - failures.length, failed: failures.length, output: failures.join('\n') }
}

/** Runs a bundle in an otherwise empty folder; returns undefined if it reports success. */
async function runAlone(file) {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-bundle-'))
  try {
    cpSync(dirname(file), folder, { recursive: true })
    const { output } = await runProgram(process.execPath, [join(folder, basename(file))], { cwd: folder })
    return /(?:^|\n)true\n$/.test(output) ? undefined : output
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
