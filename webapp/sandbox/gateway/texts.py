"""What the gateway says in the session's language: labels of fields and groups, hints, refusals.

The SDK brings its own texts for everything else, in exactly these five languages; any other locale would show its raw
translation keys, so such a session is answered in English.
"""

LOCALES = ("en", "id", "th", "vi", "es")

# One line a text, in the order of LOCALES. {brand} is the channel's name.
TEXTS: dict[str, tuple[str, str, str, str, str]] = {
    "cards": ("Cards", "Kartu", "บัตร", "Thẻ", "Tarjetas"),
    "qr": ("QR code", "Kode QR", "คิวอาร์โค้ด", "Mã QR", "Código QR"),
    "wallets": ("E-wallets", "Dompet digital", "อีวอลเล็ท", "Ví điện tử", "Billeteras"),
    "banks": ("Online banking", "Perbankan online", "ธนาคารออนไลน์", "Ngân hàng trực tuyến", "Banca en línea"),
    "card_details": ("Card details", "Detail kartu", "ข้อมูลบัตร", "Thông tin thẻ", "Datos de la tarjeta"),
    "card_number": ("Card number", "Nomor kartu", "หมายเลขบัตร", "Số thẻ", "Número de tarjeta"),
    "expiry": ("Expiry date", "Masa berlaku", "วันหมดอายุ", "Ngày hết hạn", "Fecha de vencimiento"),
    "cvn": ("Security code", "Kode keamanan", "รหัสความปลอดภัย", "Mã bảo mật", "Código de seguridad"),
    "cardholder": ("Cardholder", "Pemegang kartu", "ผู้ถือบัตร", "Chủ thẻ", "Titular"),
    "first_name": ("First name", "Nama depan", "ชื่อ", "Tên", "Nombre"),
    "last_name": ("Last name", "Nama belakang", "นามสกุล", "Họ", "Apellido"),
    "email": ("Email", "Email", "อีเมล", "Email", "Correo electrónico"),
    "phone": ("Mobile number", "Nomor ponsel", "หมายเลขโทรศัพท์มือถือ", "Số điện thoại", "Número de móvil"),
    "billing": (
        "Billing address",
        "Alamat penagihan",
        "ที่อยู่เรียกเก็บเงิน",
        "Địa chỉ thanh toán",
        "Facturación",
    ),
    "country": ("Country", "Negara", "ประเทศ", "Quốc gia", "País"),
    "province": ("State or province", "Provinsi", "จังหวัด", "Tỉnh/Thành phố", "Estado o provincia"),
    "city": ("City", "Kota", "เมือง", "Thành phố", "Ciudad"),
    "street": ("Address", "Alamat", "ที่อยู่", "Địa chỉ", "Dirección"),
    "postal_code": ("Postal code", "Kode pos", "รหัสไปรษณีย์", "Mã bưu chính", "Código postal"),
    "qr_hint_1": (
        "Pay by scanning a code.",
        "Bayar dengan memindai kode.",
        "ชำระเงินด้วยการสแกนโค้ด",
        "Thanh toán bằng cách quét mã.",
        "Paga escaneando un código.",
    ),
    "qr_hint_2": (
        "The code appears once you continue. It is an imitation: no money moves.",
        "Kode muncul setelah Anda melanjutkan. Ini tiruan: tidak ada uang yang berpindah.",
        "โค้ดจะแสดงเมื่อดำเนินการต่อ นี่คือการจำลอง ไม่มีการโอนเงินจริง",
        "Mã sẽ hiện khi bạn tiếp tục. Đây là mô phỏng: không có tiền nào được chuyển.",
        "El código aparece al continuar. Es una imitación: no se mueve dinero.",
    ),
    "redirect_hint_1": (
        "You will be taken to {brand}.",
        "Anda akan dialihkan ke {brand}.",
        "คุณจะถูกนำไปยัง {brand}",
        "Bạn sẽ được chuyển đến {brand}.",
        "Irás a {brand}.",
    ),
    "redirect_hint_2": (
        "Come back here afterwards. It is an imitation: no money moves.",
        "Setelah itu Anda kembali ke sini. Ini tiruan: tidak ada uang yang berpindah.",
        "แล้วกลับมาที่นี่ นี่คือการจำลอง ไม่มีการโอนเงินจริง",
        "Sau đó bạn sẽ quay lại đây. Đây là mô phỏng: không có tiền nào được chuyển.",
        "Después volverás aquí. Es una imitación: no se mueve dinero.",
    ),
    "push_hint_1": (
        "Confirm in the {brand} app.",
        "Konfirmasi di aplikasi {brand}.",
        "ยืนยันในแอป {brand}",
        "Xác nhận trong ứng dụng {brand}.",
        "Confirma en la aplicación {brand}.",
    ),
    "push_hint_2": (
        "This imitation confirms by itself after a few seconds.",
        "Tiruan ini mengonfirmasi sendiri setelah beberapa detik.",
        "การจำลองนี้จะยืนยันเองในไม่กี่วินาที",
        "Mô phỏng này tự xác nhận sau vài giây.",
        "Esta imitación confirma sola en unos segundos.",
    ),
    "approval_hint_2": (
        "A second person at your company has to approve. Here that takes a few seconds.",
        "Orang kedua di perusahaan Anda harus menyetujui. Di sini perlu beberapa detik.",
        "ต้องมีผู้อนุมัติคนที่สองในบริษัทของคุณ ที่นี่ใช้เวลาไม่กี่วินาที",
        "Người thứ hai trong công ty phải phê duyệt. Ở đây chỉ mất vài giây.",
        "Otra persona de tu empresa debe aprobarlo. Aquí tarda unos segundos.",
    ),
    "refused_title": (
        "The payment was not accepted",
        "Pembayaran tidak diterima",
        "ไม่รับการชำระเงิน",
        "Thanh toán không được chấp nhận",
        "El pago no fue aceptado",
    ),
    "refused_1": (
        "This card cannot be used here.",
        "Kartu ini tidak dapat digunakan di sini.",
        "ไม่สามารถใช้บัตรนี้ที่นี่ได้",
        "Không thể dùng thẻ này ở đây.",
        "Esta tarjeta no se puede usar aquí.",
    ),
    "refused_2": (
        "Please use another one.",
        "Silakan gunakan kartu lain.",
        "โปรดใช้บัตรใบอื่น",
        "Vui lòng dùng thẻ khác.",
        "Usa otra, por favor.",
    ),
    "closed_title": (
        "This payment is closed",
        "Pembayaran ini sudah ditutup",
        "การชำระเงินนี้ปิดแล้ว",
        "Thanh toán này đã đóng",
        "Este pago está cerrado",
    ),
    "closed_1": (
        "It has been paid, cancelled or has expired.",
        "Sudah dibayar, dibatalkan, atau kedaluwarsa.",
        "ชำระแล้ว ยกเลิก หรือหมดอายุ",
        "Đã được thanh toán, hủy hoặc hết hạn.",
        "Se pagó, se canceló o venció.",
    ),
    "failed_title": (
        "That did not work",
        "Tidak berhasil",
        "ไม่สำเร็จ",
        "Không thành công",
        "No funcionó",
    ),
    "failed_1": (
        "The gateway refused the request.",
        "Gateway menolak permintaan.",
        "เกตเวย์ปฏิเสธคำขอ",
        "Cổng thanh toán từ chối yêu cầu.",
        "La pasarela rechazó la solicitud.",
    ),
}


def known_locale(locale: object) -> str:
    """The locale if the SDK speaks it, else English."""
    return locale if isinstance(locale, str) and locale in LOCALES else "en"


def text(name: str, locale: str, **values: str) -> str:
    """The named text in one of LOCALES."""
    return TEXTS[name][LOCALES.index(locale)].format(**values)
