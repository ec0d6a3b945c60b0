/** A user's browser: signs in, sends requests, reads responses. */
export class Browser {
  readonly #url: string
  readonly user: string
  token = ''

  constructor(url: string, user: string) {
    this.#url = url
    this.user = user
  }

  /** Sends one request and reads the response to its end. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.#fetch(method, path, body, headers)
    return { status: response.status, text: await response.text() }
  }

  /** Reads a number of pieces of a stream, then disconnects. */
  async readSome(path: string, body: unknown, pieces: number): Promise<void> {
    const leave = new AbortController()
    const response = await this.#fetch('POST', path, body, {}, leave.signal)
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      if (text.split('data: ').length > pieces) break
    }
    leave.abort()
  }

  #fetch(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const isText = typeof body === 'string'
    return fetch(this.#url + path, {
      method,
      headers: {
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  }
}

export interface Answer {
  readonly status: number
  readonly text: string
}
