"""What the offline model does when it stands in for the model of a bridge that is judged."""

import msgspec

from twiliobridge.offline import Knobs, Script, banking

CALLER_SAYS = ("My gold card.", "I need to replace my card.", "I lost it.", "Thanks, that's all.")
"What the caller of C6 says: taken as heard, turn by turn, where the model has no ears."

KNOBS = Knobs(speed=4.0, stragglers=2, dial=0.8, back=0.25)
"As far away as OpenAI's service. So slow that an answer is still generated when it is cut off, and late."


def rehearsal() -> Script:
    """The banking script; also on a bridge that declares no tools, its answer shows what it remembers."""
    script = banking()
    replacing = script.intents["replace_card"]
    without = msgspec.structs.replace(replacing, without=[replacing.then[0], replacing.then[-1]])
    intents = {**script.intents, "replace_card": without}
    return msgspec.structs.replace(script, turns=list(CALLER_SAYS), intents=intents)
