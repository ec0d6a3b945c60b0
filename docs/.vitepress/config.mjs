// @ts-check
import { statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { defineConfig } from 'vitepress'
import { addressOf, groups, isInRepository, repository } from './pages.mjs'

const source = 'https://github.com/quipu-metrics/quipu'
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="#a81f3d"><path d="M7.2 0h1.6v16H7.2z"/><circle cx="8" cy="3.5" r="2"/><circle cx="8" cy="8" r="2.6"/><circle cx="8" cy="12.8" r="1.8"/></g></svg>'
const pages = groups.flatMap((group) => group.pages)

export default defineConfig({
  title: 'Quipu',
  description:
    'An OpenTelemetry-based metrics SDK for applications that call language models: one observation, every vocabulary.',
  lang: 'en',
  cleanUrls: true,
  // A cord with three knots.
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: repository,
  srcExclude: ['**/dist/**', '.cache/**', 'test/**'],
  rewrites: Object.fromEntries(pages.map(({ file }) => [file, addressOf(file) ?? file])),
  cacheDir: join(repository, '.cache/site'),
  outDir: join(repository, '.cache/site/dist'),
  markdown: {
    // GitHub's anchors of headings, because the pages are read there too.
    anchor: { slugify: anchorOf },
    theme: { light: 'github-light', dark: 'github-dark' },
    languages: ['sql'],
    languageAlias: { promql: 'sql' },
    config: leadLinks,
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'API', link: '/usage' },
      { text: 'Configuration', link: '/configuration' },
      { text: 'Metrics', link: '/metrics' },
      { text: 'Boards', link: '/boards' },
    ],
    sidebar: groups.map(({ text, pages, collapsed }) => ({
      text,
      ...(collapsed === undefined ? {} : { collapsed }),
      items: pages.map(({ file, text }) => ({ text, link: `/${addressOf(file)?.replace(/(?:index)?\.md$/, '')}` })),
    })),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: source }],
    externalLinkIcon: true,
  },
})

/**
 * Converts links between the repository's files to links to the page of the file, or to the file on GitHub.
 * A link to a missing file does not change, and VitePress rejects it.
 * @param {import('vitepress').MarkdownRenderer} md
 */
function leadLinks(md) {
  md.core.ruler.push('links_of_the_repository', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? String(token.attrGet('href')) : ''
      const [, path = '', anchor = ''] = /^(?![a-z]+:|#|\/)([^#]+)(#.*)?$/.exec(href) ?? []
      if (path !== '')
        token.attrSet(
          'href',
          targetOf(relative(repository, join(dirname(env.realPath ?? env.path), path)), anchor) ?? href,
        )
    }
  })
}

/**
 * @param {string} file
 * @param {string} anchor
 */
function targetOf(file, anchor) {
  const folder = isInRepository(file) && statSync(join(repository, file)).isDirectory()
  const page = addressOf(folder ? join(file, 'README.md') : file)
  if (page !== undefined) return `/${page.replace(/(?:index)?\.md$/, '')}${anchor}`
  if (isInRepository(file)) return `${source}/${folder ? 'tree' : 'blob'}/main/${file}${anchor}`
  return undefined
}

/** @param {string} heading */
function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-')
}
