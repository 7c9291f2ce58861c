from people import Person
from slack_server import SlackServer
from agent.slack.bot import Bot


def test_a_mention_is_answered_in_its_thread(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.mentions("Which models were fine-tuned on SQuAD 2.0?")
    slack.until(lambda: slack.thread("C1", post.ts), "answer")
    import time

    time.sleep(1)
    import json

    print(json.dumps(slack.thread("C1", post.ts), indent=1, ensure_ascii=False))
    print([c.method for c in slack.calls], slack.problems)
    assert 0
