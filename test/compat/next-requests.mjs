import { countRequests, send } from './served.mjs'

/** Requests to the Next application, each with the expected endpoint and status. */
const requests = [
  ['GET', '/', '/ GET 200'],
  ['GET', '/posts/secret?token=secret', '/posts/[slug] GET 200'],
  ['GET', '/posts/none', '/posts/[slug] GET 404'],
  ['GET', '/api/secret', '/api/[id] GET 200'],
  ['POST', '/api/secret', '/api/[id] POST 201'],
  ['GET', '/api/fail', '/api/fail GET 500'],
  ['GET', '/fail', '/fail GET 500'],
  ['GET', '/old/fail', '/old/fail GET 500'],
  ['GET', '/api/old/fail', '/api/old/fail GET 500'],
  ['GET', '/catch/secret/b', '/catch/[...all] GET 200'],
  ['GET', '/old/secret', '/old/[id] GET 200'],
  ['GET', '/api/old/secret', '/api/old/[id] GET 200'],
  ['GET', '/file.txt', 'unmatched GET 200'],
  ['GET', '/r/secret', '/posts/[slug] GET 200'],
  ['GET', '/moved/secret', 'unmatched GET 307'],
  ['GET', '/blocked/secret', 'middleware GET 307'],
  ['GET', '/denied/secret', 'middleware GET 403'],
  ['GET', '/rewritten/secret', '/posts/[slug] GET 200'],
  ['GET', '/nothing/secret', 'unmatched GET 404'],
  ['GET', '/wp-login.php', 'unmatched GET 404'],
  ['GET', '/_next/static/secret.js', '/_next/static GET 404'],
]

/** Expected counts by endpoint, method and status; the server action is the last. */
export const expectedCounts = countRequests([...requests, ['POST', '/', '/ POST 200'], ['POST', '/', '/ POST 500']])

const claims = Buffer.from(JSON.stringify({ email: 'ada' })).toString('base64url')
/** The token of a user, for all requests. */
export const headers = { authorization: `Bearer secret.${claims}.secret` }

/** The routes of failed requests, of which the class of the error is expected. */
export const failedRoutes = ['/', '/api/fail', '/fail', '/old/fail', '/api/old/fail']

/**
 * Sends all requests, and the server action of the first page, also with a form for which it fails.
 * @returns {Promise<readonly unknown[]>} the responses
 */
export async function sendRequests(base) {
  const answers = []
  let action = ''
  for (const [method, path] of requests) {
    const answer = await send(base, path, { method, headers, body: method === 'POST' ? 'hello' : undefined })
    if (path === '/') action = /name="(\$ACTION_ID_\w+)"/.exec(answer.text)?.[1] ?? ''
    answers.push([path, answer])
  }
  for (const name of ['secret', 'fail']) {
    const form = new FormData()
    form.set(action, '')
    form.set('name', name)
    const { status } = await send(base, '/', { method: 'POST', headers, body: form })
    answers.push(['action', status])
  }
  return answers
}
