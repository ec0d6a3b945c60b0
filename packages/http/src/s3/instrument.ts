import { defaultRecorder } from '@quipu/core'
import type { InstrumentOptions } from '../events/instrument-options.js'
import { createPartSizes, type StoredObject } from './part-sizes.js'

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
const PLACE = { step: 'finalizeRequest', priority: 'low', name: 'quipuFileStored', override: true }

/**
 * Reports each object that an S3 client stores, whole or in parts, as an activity event `file_stored`: its size, media type and
 * category (`uploads`, `generated`, `other`), never its key, bucket or content. For an application that does not call
 * `trackFileStored` for them itself.
 *
 * @param client an `S3Client` or `S3` of version 3
 * @param options `recorder` to record into
 * @returns the same object, with unchanged results and errors; never throws
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/middleware-stack.html
 * @example
 * const s3 = instrument(new S3Client({}))
 */
export function instrument<C extends S3ClientLike>(
  client: C,
  { recorder = defaultRecorder() }: InstrumentOptions = {},
): C {
  const parts = createPartSizes()
  const stored = (object: StoredObject): void => {
    recorder.guard('http', () => recorder.trackFileStored(object))
  }
  const middleware =
    (next: Next, { commandName }: { readonly commandName?: string }) =>
    async (args: Args) => {
      const result = await next(args)
      recorder.guard('http', () => {
        const { Key: key, ContentType: contentType, UploadId: uploadId = '', PartNumber: part = 0 } = args.input
        if (commandName === 'PutObjectCommand') stored({ key, contentType, sizeBytes: sizeOf(args) })
        else if (commandName === 'CreateMultipartUploadCommand')
          parts.begin(result.output?.UploadId, { key, contentType })
        else if (commandName === 'UploadPartCommand') parts.add(uploadId, part, sizeOf(args))
        else if (commandName === 'AbortMultipartUploadCommand') parts.end(uploadId)
        else if (commandName === 'CompleteMultipartUploadCommand') {
          const object = parts.end(uploadId)
          if (object !== undefined) stored(object)
        }
      })
      return result
    }
  recorder.guard('http', () => client.middlewareStack.add(middleware as never, PLACE as never))
  return client
}

/** The size of a request's body; of one that is signed in chunks, what they hold. */
function sizeOf({ request }: Args): number {
  const headers = request?.headers ?? {}
  return Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0)
}
