import { group, listOf, option, resolveOptions, word } from '@quipu/catalog/options'
import { type LibraryKind, libraryKinds } from '@quipu/http/libraries'
import { environment } from './environment.js'

/** What `register` reports beside requests and model calls. */
export const libraryOptions = group({
  /**
   * Kinds of libraries whose use `register` reports without code: `sessions` of express-session and @fastify/session, `uploads`
   * by busboy, multer, @fastify/multipart and formidable, `storage` by `@aws-sdk/client-s3`, `jobs` of BullMQ, errors of
   * `sockets` of ws. An application that reports the same itself leaves the kind out. `none`, or an empty list, turns all off.
   */
  libraries: option(listOf(word([...libraryKinds, 'none'])), {
    default: libraryKinds,
    variables: ['QUIPU_LIBRARIES'],
    example: "libraries: ['sessions', 'jobs']",
  }),
})

/** Returns the kinds that an option of code, otherwise the environment, chooses. */
export function chosenLibraries(given?: readonly (LibraryKind | 'none')[]): readonly LibraryKind[] {
  const { libraries } = resolveOptions(libraryOptions, { libraries: given }, environment)
  return libraries.includes('none') ? [] : libraryKinds.filter((kind) => libraries.includes(kind))
}
