import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * Writes the studio's page as a module: one HTML document that contains its style and script, and the policy that allows
 * exactly these two by their hashes.
 * @param {string} folder of the package
 * @returns {Promise<string>} the text of `dist/page.js`
 */
export async function bundlePage(folder) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.tsx', 'src/style/page.css'],
    outdir: 'page',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome119', 'firefox121', 'safari17'],
    conditions: ['@quipu/source'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  })
  const textOf = (/** @type {string} */ ending) =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? ''
  // A script ends at the first `</script`, also within a string.
  const script = textOf('.js').replaceAll('</script', '<\\/script')
  const style = textOf('.css')
  const html = readFileSync(join(folder, 'src/style/page.html'), 'utf8')
    .replace('/* the style sheet */', () => style)
    .replace('/* the script */', () => script)
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return `export const html = ${JSON.stringify(html)}\nexport const contentSecurityPolicy = ${JSON.stringify(policy)}\n`
}

/** @param {string} text */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
