"""Twilio Agent Connect: its own server, with the provider for OpenAI's Realtime API."""

from tac import TAC, TACConfig
from tac.channels.voice import VoiceChannel
from tac.channels.voice.media_streams.openai_realtime import (
    TWILIO_AUDIO_FORMAT_FOR_REALTIME,
    OpenAIRealtimeProviderConfig,
)
from tac.server import TACFastAPIServer

SESSION = {
    "type": "realtime",
    "model": "gpt-realtime-2.1",
    "instructions": "You answer the telephone of a bank.",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "format": TWILIO_AUDIO_FORMAT_FOR_REALTIME,
            "turn_detection": {"type": "server_vad"},
        },
        "output": {"format": TWILIO_AUDIO_FORMAT_FOR_REALTIME, "voice": "marin"},
    },
}


def main() -> None:
    tac = TAC(config=TACConfig.from_env())
    provider = OpenAIRealtimeProviderConfig(
        default_session_config=SESSION, welcome_greeting_response={"instructions": "Greet the caller."}
    )
    TACFastAPIServer(tac=tac, voice_channel=VoiceChannel(tac, config=provider)).start()


if __name__ == "__main__":
    main()
