// The answers of the applications of all frameworks, so that only their routing differs.

/** A body that breaks off after its first piece. */
export function breakOff(response) {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.write('first')
  setImmediate(() => response.destroy(new Error('secret')))
}

/** Answers a request that the framework has handed over; the answer stays open if the request asks for that. */
export function hold(request, response) {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.write('first')
  if (!request.url.endsWith('open')) response.end()
}

/** The same for a body that is read. */
export async function* breaking() {
  yield Buffer.from('first')
  await new Promise(setImmediate)
  throw new Error('secret')
}

/** A body in pieces, each in its own turn of the event loop. */
export async function* pieces() {
  for (const piece of ['one ', 'two ', 'three']) {
    await new Promise(setImmediate)
    yield Buffer.from(piece)
  }
}

/** Events, the last of which ends the stream. */
export async function* events() {
  for (const data of [1, 2]) {
    await new Promise(setImmediate)
    yield Buffer.from(`data: ${data}\n\n`)
  }
}

/** Resolves after the requests received meanwhile have been seen. */
export const later = () => new Promise((resolve) => setTimeout(resolve, 50))

export async function fail() {
  await later()
  throw new Error('secret')
}

export const never = () => new Promise(() => undefined)
