import { beforeCalls } from '../reports/before-calls.js'
import { type InstrumentOptions, type WatchOptions, watch } from '../reports/watch.js'
import { createPartSizes, type PartSizes, type StoredObject } from './part-sizes.js'

/** The parts of a client of the AWS SDK 3 that are used. */
export interface S3ClientLike {
  readonly middlewareStack: { add(middleware: never, options: never): void }
}

interface Args {
  readonly input: {
    readonly Key?: string
    readonly ContentType?: string
    readonly UploadId?: string
    readonly PartNumber?: number
  }
  readonly request?: { readonly headers?: { readonly [name: string]: string | undefined } }
}

type Next = (args: Args) => Promise<{ readonly output?: { readonly UploadId?: string } }>

/** Below the retries, when the request has its headers. */
const PLACE = { step: 'finalizeRequest', priority: 'low' }

/**
 * Reports each object that an S3 client stores, whole or in parts, as an activity event `file_stored`: its size, media type and
 * category (`uploads`, `generated`, `other`), never its key, bucket or content. Do not use it together with
 * `trackFileStored` for the same objects.
 *
 * @param client an `S3Client` or `S3` of version 3
 * @param options `recorder` to record into
 * @returns the same object, with unchanged results and errors; never throws
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/middleware-stack.html
 * @example
 * const s3 = instrument(new S3Client({}))
 */
export function instrument<C extends S3ClientLike>(client: C, options: InstrumentOptions = {}): C {
  watchS3Client(client, options)
  return client
}

/**
 * Watches all clients of a loaded `@aws-sdk/client-s3` (3), each from its first command.
 * @param exports what `require('@aws-sdk/client-s3')` returns
 * @returns whether the module's shape was recognised
 */
export function observeS3(exports: unknown): boolean {
  const S3Client: unknown = Object(exports).S3Client
  if (typeof S3Client !== 'function') return false
  return beforeCalls(Object(S3Client.prototype), 'send', (client) => {
    if ('middlewareStack' in client) watchS3Client(client as S3ClientLike, { kind: 'storage' })
  })
}

function watchS3Client(client: S3ClientLike, options: WatchOptions): void {
  watch(client, options, (report) => {
    const parts = createPartSizes()
    const middleware =
      (next: Next, { commandName }: { readonly commandName?: string }) =>
      async (args: Args) => {
        const result = await next(args)
        report(client, ({ trackFileStored }) => {
          const object = objectOf(parts, commandName, args, result.output?.UploadId)
          if (object !== undefined) trackFileStored(object)
        })
        return result
      }
    client.middlewareStack.add(middleware as never, PLACE as never)
    return true
  })
}

/** The object that a command has stored; parts of one are added up until it is complete. */
function objectOf(
  parts: PartSizes,
  commandName: string | undefined,
  args: Args,
  createdId: string | undefined,
): StoredObject | undefined {
  const { Key: key, ContentType: contentType, UploadId: uploadId = '', PartNumber: part = 0 } = args.input
  if (commandName === 'PutObjectCommand') return { key, contentType, sizeBytes: sizeOf(args) }
  if (commandName === 'CreateMultipartUploadCommand') parts.begin(createdId, { key, contentType })
  else if (commandName === 'UploadPartCommand') parts.add(uploadId, part, sizeOf(args))
  else if (commandName === 'AbortMultipartUploadCommand') parts.end(uploadId)
  else if (commandName === 'CompleteMultipartUploadCommand') return parts.end(uploadId)
  return undefined
}

/** Returns the size of a request's body in bytes; for a body signed in chunks, the size of their content. */
function sizeOf({ request }: Args): number {
  const headers = request?.headers ?? {}
  return Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0)
}
