import type { BodyReader } from './body-reader.js'

const BRACE = 0x7b
/** Maximum number of bytes in which the member is looked for. */
const MOST_BYTES = 512

/**
 * Passes a body on that begins with a JSON object and has this member's name among its first bytes. Of any other body nothing
 * is passed on, and `onOther` is called once. Creates no string.
 */
export class StartReader implements BodyReader {
  readonly #name: string
  readonly #next: BodyReader
  readonly #onOther: () => void
  #start: Uint8Array = Buffer.alloc(0)
  #state: 'start' | 'passing' | 'over' = 'start'

  constructor(member: string, next: BodyReader, onOther: () => void) {
    this.#name = `"${member}"`
    this.#next = next
    this.#onOther = onOther
  }

  write(bytes: Uint8Array): void {
    if (this.#state === 'passing') this.#next.write(bytes)
    else if (this.#state === 'start') this.#decide(Buffer.concat([this.#start, bytes]))
  }

  end(): void {
    if (this.#state === 'passing') this.#next.end()
  }

  #decide(start: Buffer): void {
    const isObject = start[0] === BRACE
    const isFound = isObject && start.subarray(0, MOST_BYTES).includes(this.#name)
    if (isObject && !isFound && start.length < MOST_BYTES) {
      this.#start = start
      return
    }
    this.#start = Buffer.alloc(0)
    this.#state = isFound ? 'passing' : 'over'
    if (isFound) this.#next.write(start)
    else this.#onOther()
  }
}
