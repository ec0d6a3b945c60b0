export { chooseLibraries, type LibraryKind, libraryKinds } from './libraries/library-kind.js'
