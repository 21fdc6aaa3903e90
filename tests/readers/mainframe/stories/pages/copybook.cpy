      * A file of one code page with fields of others.
       01  R.
           05  A          PIC X(3).
           05  B          PIC X(3).
           05  C          PIC X(2).
           05  D          PIC 9(3).
           05  E          PIC 9(2) USAGE NATIONAL.
           05  F          PIC 9(3),99.
