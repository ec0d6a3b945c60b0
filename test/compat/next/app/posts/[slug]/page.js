import { notFound } from 'next/navigation'

export default async function Post({ params }) {
  const { slug } = await params
  if (slug === 'none') notFound()
  return <p>post</p>
}
