import type { AnswerRequest } from './scrape-answers.js'

/** Answers a `Request` for a page, also below a prefix; 404 for a path that has no page. Never rejects. */
export async function answerFetch(answer: AnswerRequest, request: Request): Promise<Response> {
  const answered = answer({
    method: request.method,
    target: request.url,
    mayHavePrefix: true,
    header: (name) => request.headers.get(name) ?? undefined,
  })
  if (answered === undefined) return new Response('not found\n', { status: 404 })
  const { status, headers, pieces, done } = await answered
  // The handler cannot observe when the server has sent the returned response.
  done()
  // workerd would otherwise compress the body again. Other runtimes ignore the option.
  const init: ResponseInit & { encodeBody: 'manual' } = { status, headers: { ...headers }, encodeBody: 'manual' }
  return new Response(pieces.length === 0 ? null : bodyOf(pieces), init)
}

function bodyOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = pieces[Symbol.iterator]()
  return new ReadableStream({
    pull(controller) {
      const next = rest.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
  })
}
