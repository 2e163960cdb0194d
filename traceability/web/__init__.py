"""The web: one module per area. A module that has a `blueprint` (or a `register(app)`) is found and mounted.

An area declares `nav = Entry(label, endpoint, icon, permission)` to appear in the menu. Every view says who may
open it: `@public` or `@signed_in(Kind.WEIGH_IN)`; a view that says nothing is refused.
"""
