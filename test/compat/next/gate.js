import { NextResponse } from 'next/server'

/** The application's middleware: it redirects, responds and rewrites. */
export function gate(request) {
  const { pathname } = request.nextUrl
  if (pathname.startsWith('/blocked/')) return NextResponse.redirect(new URL('/posts/1', request.url))
  if (pathname.startsWith('/denied/')) return new NextResponse('denied', { status: 403 })
  if (pathname.startsWith('/rewritten/')) return NextResponse.rewrite(new URL('/posts/1', request.url))
  return NextResponse.next()
}
