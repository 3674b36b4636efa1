"""What a presenter needs: scenes, test cards, QR codes."""
