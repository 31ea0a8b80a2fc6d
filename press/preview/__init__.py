"""The live preview: from a saved sentence to the page that shows it.

Two processes share the work. The command (`session`) watches files and serves pages; it knows nothing of data. The
worker runs and renders, and is started anew when its own code (helpers, engine, press) or the data changes. Each
chapter that is looked at has a kernel that waits with the chapter's results in memory (`kernel`).
"""
