import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { type InstrumentOptions, type WatchOptions, watch } from '../reports/watch.js'

/**
 * Reports each file that a parser of multipart forms reads completely as an activity event `file_upload`: its size and media
 * type, never its name or content. Files cut at a limit are left out. Do not use it together with `trackFileUpload` for the
 * same files.
 *
 * @param parser the export of `busboy`, `@fastify/busboy` or `formidable`, for every form parsed with it, also by multer,
 * @fastify/multipart and other users; or one of its parsers
 * @param options `recorder` to record into
 * @returns the same object, with unchanged results; never throws
 * @example
 * instrument(busboy)
 */
export function instrument<P extends object>(parser: P, options: InstrumentOptions = {}): P {
  watchUploads(parser, options)
  return parser
}

/** `instrument`, also for `register`: returns whether the parser's shape was recognised. */
export function watchUploads(parser: object, options: WatchOptions): boolean {
  const target = orUndefined(() => emitterOf(parser))
  if (target === undefined) return false
  return watch(target, options, (report) =>
    beforeCalls(target, 'emit', (emitter, [event, , file, ...about]) => {
      if (event !== 'file') return
      const track = (sizeBytes: number, contentType: string | null | undefined): void =>
        report(emitter, ({ trackFileUpload }) => trackFileUpload({ sizeBytes, contentType: contentType ?? undefined }))
      if (isStream(file)) followFile(file, (bytes) => track(bytes, mediaTypeOf(about)))
      else if (isParsedFile(file)) track(file.size, file.mimetype)
    }),
  )
}

/**
 * Watches all parsers of a loaded `busboy`, `@fastify/busboy` or `formidable`.
 * @param exports exports of the package
 * @returns whether the module's shape was recognised
 */
export function observeUploads(exports: unknown): boolean {
  return (isObject(exports) || typeof exports === 'function') && watchUploads(exports, { kind: 'uploads' })
}

/** Runs code of an unknown parser, which may throw. */
function orUndefined<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

/** Returns the emitter of a parser's events: the parser, the prototype of a class, or the prototype of a function's results. */
function emitterOf(parser: object): object | undefined {
  if ('emit' in parser) return parser
  const made: unknown = Reflect.get(parser, 'IncomingForm') ?? parser
  if (typeof made !== 'function') return undefined
  if (isObject(made.prototype) && 'emit' in made.prototype) return made.prototype
  const example: unknown = made({ headers: { 'content-type': 'multipart/form-data; boundary=x' } })
  const prototype: unknown = isObject(example) ? Object.getPrototypeOf(example) : undefined
  return isObject(prototype) && 'emit' in prototype ? prototype : undefined
}

/** A file as busboy emits it. */
interface FileStream {
  readonly truncated?: boolean
  push(chunk: unknown, ...rest: unknown[]): unknown
  once(event: 'end', listener: () => void): unknown
}

/** Counts a file's bytes as the parser adds them; a listener for data would start the stream. */
function followFile(file: FileStream, onEnd: (bytes: number) => void): void {
  const { push } = file
  let bytes = 0
  file.push = (chunk, ...rest) => {
    if (chunk instanceof Uint8Array) bytes += chunk.byteLength
    return Reflect.apply(push, file, [chunk, ...rest])
  }
  file.once('end', () => {
    if (file.truncated !== true) onEnd(bytes)
  })
}

/** busboy passes an object; @fastify/busboy passes name, encoding and type. */
function mediaTypeOf([info, , type]: readonly unknown[]): string | undefined {
  const found: unknown = isObject(info) ? Reflect.get(info, 'mimeType') : type
  return typeof found === 'string' ? found : undefined
}

/** A file as formidable emits it after writing. */
interface ParsedFile {
  readonly size: number
  readonly mimetype: string | null | undefined
}

function isParsedFile(value: unknown): value is ParsedFile {
  return isObject(value) && typeof Reflect.get(value, 'size') === 'number'
}

function isStream(value: unknown): value is FileStream {
  return isObject(value) && typeof Reflect.get(value, 'push') === 'function'
}
