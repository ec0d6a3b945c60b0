/**
 * Returns Node's module for the protocol of a URL. It is not imported: an `import` of `node:http` reads all its
 * exports, one of which loads undici on Node 22 and later, which needs 12 MB.
 */
export function httpModuleFor({ protocol }: URL): typeof import('node:http') | typeof import('node:https') {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
}
