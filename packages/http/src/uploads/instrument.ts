import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../libraries/before-calls.js'
import type { InstrumentOptions } from '../libraries/instrument-options.js'
import { type WatchOptions, watch } from '../libraries/watch.js'

/**
 * Reports each file that a parser of multipart forms reads whole as an activity event `file_upload`: its size and media type,
 * never its name or content. Files cut at a limit are left out. For an application that does not call `trackFileUpload` for
 * them itself.
 *
 * @param parser what `busboy`, `@fastify/busboy` or `formidable` exports, for every form that is parsed with it, also by multer,
 * @fastify/multipart and others above; or one parser of theirs
 * @param options `recorder` to record into
 * @returns the same object; what is parsed is unchanged; never throws
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
 * @param exports what the package exports
 * @returns whether the module's shape was recognised
 */
export function observeUploads(exports: unknown): boolean {
  return (isObject(exports) || typeof exports === 'function') && watchUploads(exports, { kind: 'uploads' })
}

/** An unknown parser may throw what it wants. */
function orUndefined<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

/** What emits the events of a parser: itself, the prototype of a class, or that of what a function makes. */
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

/** Counts a file's bytes as the parser adds them, without a listener for data, which would start the stream. */
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

/** busboy passes an object, @fastify/busboy the name, the encoding and the type. */
function mediaTypeOf([info, , type]: readonly unknown[]): string | undefined {
  const found: unknown = isObject(info) ? Reflect.get(info, 'mimeType') : type
  return typeof found === 'string' ? found : undefined
}

/** A file as formidable emits it, when it was written. */
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
