"""Patter: its embedded server, with the engine for OpenAI's Realtime API and a first message."""

import asyncio
import os

from getpatter import OpenAIRealtime, Patter, Twilio


async def main() -> None:
    phone = Patter(carrier=Twilio(), phone_number="+15550001234", webhook_url=os.environ["PUBLIC_HOST"])
    agent = phone.agent(
        engine=OpenAIRealtime(),
        system_prompt="You answer the telephone of a bank.",
        first_message="Hello, this is the bank. How can I help you today?",
    )
    await phone.serve(agent, port=int(os.environ["PORT"]))


if __name__ == "__main__":
    asyncio.run(main())
