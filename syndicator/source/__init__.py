"""From the API's bytes to our models.

::

    client     asks: the key, pace, retries, limits of time and size     (the only one with I/O)
      endpoint   where the API is, and the proxy on the way
      query      what may be asked, by the API's own names
      secret     the key, which nothing shows
      pace       how fast; a sliding window within the API's allowance
      patience   whether a failed request is asked again, and when
      body       bytes off the wire, decompressed within a limit
      answers    what a refusal means, as one of our errors
    wire       bytes to pages of raw records; survives what JSON allows and decoders refuse
    sweep      the walk over page numbers, and whether it can be trusted
    normalise  one raw record to our models; forgives, counts, never guesses
      fields     one JSON value to one value of ours
      photos     the pictures, in the order in which they are shown
      markup     a description's HTML to paragraphs
      scrub      text anybody may have typed to text any document can hold
      vocabulary the API's words to our enums
      dealers    the same for dealers and locations
"""
