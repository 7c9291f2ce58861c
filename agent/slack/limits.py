"""What Slack takes: characters and pieces, as its reference says them."""

#: blocks of a message, of a modal
BLOCKS, MODAL_BLOCKS = 50, 100
#: characters of a section's text, of a message's text that stands in notifications
SECTION, TEXT = 3_000, 3_000
#: characters that a stream takes in all
STREAM = 12_000
#: elements of a context block
CONTEXT = 10
#: characters of a button's label, of a modal's title, of the title of a thread in the pane
LABEL, TITLE, THREAD_TITLE = 75, 24, 80
#: characters of a status in the pane
STATUS = 50
