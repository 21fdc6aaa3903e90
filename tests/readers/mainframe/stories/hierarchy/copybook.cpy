       01  R.
           05  KIND       PIC X.
           05  HOUSE.
               10  NAME   PIC X(4).
           05  FLAT REDEFINES HOUSE.
               10  NUMBER-OF PIC 9(4).
           05  TENANT REDEFINES HOUSE.
               10  WHO    PIC X(4).
