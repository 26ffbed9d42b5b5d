"""Twilio Media Streams to OpenAI Realtime, on structured concurrency."""
