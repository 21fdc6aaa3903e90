       01  R.
           05  A          PIC X(2).
           05  GRUPPE.
               10  B      PIC X(2).
               10  FILLER PIC X.
           05  K          PIC X.
           05  T OCCURS 0 TO 2 TIMES DEPENDING ON K PIC 9.
