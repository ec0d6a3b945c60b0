/** Which attempt a request is, from 0, and of how many, where its client sends that. */
export interface AttemptHeaders {
  readonly attempt: number | undefined
  readonly limit: number | undefined
}

/** Clients that repeat a call themselves, each time with a count of 0. */
const REPEATING = /^langchainjs-/

/** Reads how often a request was repeated: clients that Stainless generates and those of the AWS SDK say so. */
export function readAttemptHeaders(header: (name: string) => string | undefined): AttemptHeaders {
  if (REPEATING.test(header('user-agent') ?? '')) return { attempt: undefined, limit: undefined }
  const retries = /^\d{1,3}$/.exec(header('x-stainless-retry-count') ?? '')
  if (retries !== null) return { attempt: Number(retries[0]), limit: undefined }
  const attempts = /^attempt=(\d{1,3})(?:; max=(\d{1,3}))?$/.exec(header('amz-sdk-request') ?? '')
  if (attempts === null) return { attempt: undefined, limit: undefined }
  return { attempt: Number(attempts[1]) - 1, limit: attempts[2] === undefined ? undefined : Number(attempts[2]) }
}
