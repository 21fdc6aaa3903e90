      * Orders of a wholesale house, as its host wrote them.
       01  ORDER-RECORD.
           05  ORDER-NO          PIC 9(6).
           05  CUSTOMER          PIC X(10).
           05  STATUS-CODE       PIC X.
               88  OPEN-ORDER    VALUE 'O'.
           05  AMOUNT            PIC S9(5)V99 COMP-3.
           05  LINE-COUNT        PIC 9.
           05  LINE-ITEM OCCURS 0 TO 3 TIMES DEPENDING ON LINE-COUNT.
               10  SKU           PIC X(3).
               10  PIECES        PIC S9(3).
           05  FILLER            PIC X(2).
